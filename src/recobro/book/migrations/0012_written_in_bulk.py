import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('book', '0011_segment'),
    ]

    operations = [
        migrations.AddField(
            model_name='close',
            name='findable',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='borrower',
            name='household_id',
            field=models.CharField(),
        ),
        migrations.AlterField(
            model_name='findable',
            name='borrower',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='book.borrower'),
        ),
        migrations.AlterField(
            model_name='findable',
            name='household_id',
            field=models.CharField(),
        ),
        migrations.AlterField(
            model_name='findable',
            name='institution',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='book.institution'),
        ),
        migrations.AlterField(
            model_name='findable',
            name='loan',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='book.loan'),
        ),
        migrations.AlterField(
            model_name='loan',
            name='borrower',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='book.borrower'),
        ),
        migrations.AlterField(
            model_name='loan',
            name='institution',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='book.institution'),
        ),
        migrations.AlterField(
            model_name='standing',
            name='borrower',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='book.borrower'),
        ),
        migrations.AlterField(
            model_name='standing',
            name='close',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='book.close'),
        ),
        migrations.AlterField(
            model_name='standing',
            name='institution',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='book.institution'),
        ),
        migrations.AlterField(
            model_name='standing',
            name='loan',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='book.loan'),
        ),
        migrations.AddIndex(
            model_name='borrower',
            index=models.Index(fields=['household_id'], name='book_borrow_househo_5fc3cf_idx'),
        ),
        migrations.AddIndex(
            model_name='findable',
            index=models.Index(fields=['institution'], name='book_findab_institu_ad7bf3_idx'),
        ),
        migrations.AddIndex(
            model_name='findable',
            index=models.Index(fields=['household_id'], name='book_findab_househo_0ffeee_idx'),
        ),
        migrations.AddIndex(
            model_name='loan',
            index=models.Index(fields=['borrower'], name='book_loan_borrowe_3d0aec_idx'),
        ),
    ]
